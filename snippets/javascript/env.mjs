const secretName = process.env.SECRET_NAME;
if (!secretName) throw new Error("SECRET_NAME is not set");

export default secretName;
