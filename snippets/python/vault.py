# pip install hvac
import os

import hvac

client = hvac.Client(url=os.environ["VAULT_ADDR"], token=os.environ["VAULT_TOKEN"])
answer = client.secrets.kv.v2.read_secret_version(
    mount_point="secret", path="my-app", raise_on_deleted_version=True
)
secret_name = answer["data"]["data"]["SECRET_NAME"]
