// npm install @azure/identity @azure/keyvault-secrets
import { DefaultAzureCredential } from "@azure/identity";
import { SecretClient } from "@azure/keyvault-secrets";

const client = new SecretClient("https://my-vault.vault.azure.net", new DefaultAzureCredential());
const { value: secretName } = await client.getSecret("secret-name");

export default secretName;
