"""What a web server loads: the whole house, set up from the environment."""

from shop.app import create_app
from workshop.core.config import settings

app = create_app(settings())
