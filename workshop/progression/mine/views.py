"""A citizen's own pages, put together; each noun has its own file."""

from __future__ import annotations

from workshop.progression.cards import own_views as card_views
from workshop.progression.copies import own_views as copy_views
from workshop.progression.mine import goal_views, plan_views, wish_views, work_views
from workshop.progression.mine.blueprint import blueprint

__all__ = ["blueprint", "card_views", "copy_views", "goal_views", "plan_views", "wish_views", "work_views"]
