// dotnet add package VaultSharp
using System;
using System.Threading.Tasks;
using VaultSharp;
using VaultSharp.V1.AuthMethods.Token;

static class Secrets
{
    public static async Task<string> SecretName()
    {
        var token = new TokenAuthMethodInfo(Environment.GetEnvironmentVariable("VAULT_TOKEN"));
        var settings = new VaultClientSettings(Environment.GetEnvironmentVariable("VAULT_ADDR"), token);
        var answer = await new VaultClient(settings).V1.Secrets.KeyValue.V2
            .ReadSecretAsync(path: "my-app", mountPoint: "secret");
        return (string)answer.Data.Data["SECRET_NAME"];
    }
}
