secret_name = ENV.fetch("SECRET_NAME")
