// npm install @google-cloud/secret-manager
import { SecretManagerServiceClient } from "@google-cloud/secret-manager";

const client = new SecretManagerServiceClient();
const [answer] = await client.accessSecretVersion({
  name: "projects/my-project/secrets/secret-name/versions/latest",
});
const secretName = answer.payload?.data?.toString();

export default secretName;
