// Plugin Conjur Secrets
pipeline {
    agent any
    stages {
        stage('deploy') {
            steps {
                withCredentials([
                    conjurSecretCredential(
                        credentialsId: 'my-app/secret-name', variable: 'SECRET_NAME'
                    )
                ]) {
                    sh './deploy.sh "$SECRET_NAME"'
                }
            }
        }
    }
}
