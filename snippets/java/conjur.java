// com.cyberark.conjur.api:conjur-api
import com.cyberark.conjur.api.Conjur;

final class Secrets {
    static String secretName() {
        // CONJUR_APPLIANCE_URL, CONJUR_ACCOUNT, CONJUR_AUTHN_LOGIN, CONJUR_AUTHN_API_KEY
        return new Conjur().variables().retrieveSecret("my-app/secret-name");
    }
}
