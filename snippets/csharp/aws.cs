// dotnet add package AWSSDK.SecretsManager
using System.Threading.Tasks;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;

static class Secrets
{
    public static async Task<string> SecretName()
    {
        using var client = new AmazonSecretsManagerClient();
        var ask = new GetSecretValueRequest { SecretId = "my-app/secret-name" };
        return (await client.GetSecretValueAsync(ask)).SecretString;
    }
}
