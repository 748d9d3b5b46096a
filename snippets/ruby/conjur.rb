# gem "conjur-api"; it takes its server from CONJUR_APPLIANCE_URL and CONJUR_ACCOUNT
require "conjur-api"

client = Conjur::API.new_from_key(
  ENV.fetch("CONJUR_AUTHN_LOGIN"), ENV.fetch("CONJUR_AUTHN_API_KEY")
)
account = Conjur.configuration.account
secret_name = client.resource("#{account}:variable:my-app/secret-name").value
