// Manage Jenkins > Credentials: a secret text with the id secret-name
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
