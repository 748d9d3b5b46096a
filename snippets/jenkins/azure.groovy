// Plugin Azure Key Vault
pipeline {
    agent any
    stages {
        stage('deploy') {
            steps {
                withAzureKeyvault([
                    [secretType: 'Secret', name: 'secret-name', envVariable: 'SECRET_NAME']
                ]) {
                    sh './deploy.sh "$SECRET_NAME"'
                }
            }
        }
    }
}
