"""How the product is run: by one command here, by gunicorn and its like in production."""
