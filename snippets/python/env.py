import os

secret_name = os.environ["SECRET_NAME"]
