// dotnet add package Azure.Identity && dotnet add package Azure.Security.KeyVault.Secrets
using System;
using Azure.Identity;
using Azure.Security.KeyVault.Secrets;

static class Secrets
{
    public static string SecretName()
    {
        var address = new Uri("https://my-vault.vault.azure.net");
        var client = new SecretClient(address, new DefaultAzureCredential());
        return client.GetSecret("secret-name").Value.Value;
    }
}
