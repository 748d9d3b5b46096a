// Conjur's own HTTP interface: there is no maintained client for Node.js.
const { CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN, CONJUR_AUTHN_API_KEY } = process.env;

async function ask(path: string, options: RequestInit): Promise<string> {
  const answer = await fetch(`${CONJUR_APPLIANCE_URL}/${path}`, options);
  if (!answer.ok) throw new Error(`Conjur answers ${answer.status}`);
  return answer.text();
}

const login = encodeURIComponent(CONJUR_AUTHN_LOGIN ?? "");
const token = await ask(`authn/${CONJUR_ACCOUNT}/${login}/authenticate`, {
  method: "POST",
  headers: { "Accept-Encoding": "base64" },
  body: CONJUR_AUTHN_API_KEY,
});
const variable = encodeURIComponent("my-app/secret-name");
const secretName = await ask(`secrets/${CONJUR_ACCOUNT}/variable/${variable}`, {
  headers: { Authorization: `Token token="${token}"` },
});

export default secretName;
