final class Secrets {
    static String secretName() {
        String value = System.getenv("SECRET_NAME");
        if (value == null) throw new IllegalStateException("SECRET_NAME is not set");
        return value;
    }
}
