// The strict OpenID provider that the tests sign in with: a process of its own that knows nothing of our code.
// Settings come as JSON in SETUP: issuer, clients, users (by login name), and whether claims travel in the ID token.
import { Provider } from 'oidc-provider';

const setup = JSON.parse(process.env.SETUP);
const provider = new Provider(setup.issuer, {
  clients: setup.clients,
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'name', 'groups'] },
  conformIdTokenClaims: setup.conform ?? true,
  cookies: { keys: ['only-for-tests'] },
  pkce: { required: () => true },
  features: {
    devInteractions: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    backchannelLogout: { enabled: true },
  },
  ttl: { Session: 3600, Interaction: 600, Grant: 3600, AccessToken: 600, IdToken: 600 },
  // Its own guard against private addresses would keep it from telling a portal on this machine that somebody left.
  fetch: (url, { dispatcher: _guard, ...options }) => globalThis.fetch(url, options),
  async findAccount(_ctx, id) {
    const known = setup.users[id] ?? { email: `${id}@example.test`, email_verified: true, given_name: id, family_name: 'Example' };
    return { accountId: id, async claims() { return { sub: id, ...known }; } };
  },
});
provider.on('backchannel.error', (_ctx, error) => console.error('logout order not delivered:', error));
provider.listen(Number(new URL(setup.issuer).port), '127.0.0.1', () => console.log('listening'));
