# pip install conjur-api
import asyncio
import os

from conjur_api import Client
from conjur_api.models import ConjurConnectionInfo, CredentialsData, SslVerificationMode
from conjur_api.providers import AuthnAuthenticationStrategy, SimpleCredentialsProvider


async def read(variable: str) -> str:
    url = os.environ["CONJUR_APPLIANCE_URL"]
    server = ConjurConnectionInfo(conjur_url=url, account=os.environ["CONJUR_ACCOUNT"])
    provider = SimpleCredentialsProvider()
    provider.save(
        CredentialsData(
            machine=url,
            username=os.environ["CONJUR_AUTHN_LOGIN"],
            api_key=os.environ["CONJUR_AUTHN_API_KEY"],
        )
    )
    client = Client(
        server,
        ssl_verification_mode=SslVerificationMode.TRUST_STORE,
        authn_strategy=AuthnAuthenticationStrategy(provider),
    )
    return (await client.get(variable)).decode()


secret_name = asyncio.run(read("my-app/secret-name"))
