// npm install @aws-sdk/client-secrets-manager
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";

const client = new SecretsManagerClient();
const answer = await client.send(new GetSecretValueCommand({ SecretId: "my-app/secret-name" }));
const secretName = answer.SecretString;

export default secretName;
