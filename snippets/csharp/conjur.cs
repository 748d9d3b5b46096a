// dotnet add package Conjur-api
using System;
using System.Net;
using Conjur;

static class Secrets
{
    public static string SecretName()
    {
        var client = new Client(
            Environment.GetEnvironmentVariable("CONJUR_APPLIANCE_URL"),
            Environment.GetEnvironmentVariable("CONJUR_ACCOUNT"));
        client.Credential = new NetworkCredential(
            Environment.GetEnvironmentVariable("CONJUR_AUTHN_LOGIN"),
            Environment.GetEnvironmentVariable("CONJUR_AUTHN_API_KEY"));
        return client.Variable("my-app/secret-name").GetValue();
    }
}
