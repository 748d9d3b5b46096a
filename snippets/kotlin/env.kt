fun secretName(): String =
    System.getenv("SECRET_NAME") ?: error("SECRET_NAME is not set")
