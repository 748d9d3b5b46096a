// dotnet add package Google.Cloud.SecretManager.V1
using Google.Cloud.SecretManager.V1;

static class Secrets
{
    public static string SecretName()
    {
        var client = SecretManagerServiceClient.Create();
        var version = new SecretVersionName("my-project", "secret-name", "latest");
        return client.AccessSecretVersion(version).Payload.Data.ToStringUtf8();
    }
}
