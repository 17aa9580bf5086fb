"""Baskets, orders, holds, pickup."""
