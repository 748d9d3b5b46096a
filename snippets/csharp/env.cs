static class Secrets
{
    public static string SecretName() =>
        System.Environment.GetEnvironmentVariable("SECRET_NAME")
        ?? throw new System.InvalidOperationException("SECRET_NAME is not set");
}
