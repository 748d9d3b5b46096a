// Plugin AWS Secrets Manager Credentials Provider.
// The secret is tagged jenkins:credentials:type = string
pipeline {
    agent any
    stages {
        stage('deploy') {
            steps {
                withCredentials([string(credentialsId: 'secret-name', variable: 'SECRET_NAME')]) {
                    sh './deploy.sh "$SECRET_NAME"'
                }
            }
        }
    }
}
