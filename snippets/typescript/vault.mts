// npm install node-vault
import vault from "node-vault";

const client = vault({ endpoint: process.env.VAULT_ADDR, token: process.env.VAULT_TOKEN });
const answer = await client.read("secret/data/my-app");
const secretName: string = answer.data.data.SECRET_NAME;

export default secretName;
