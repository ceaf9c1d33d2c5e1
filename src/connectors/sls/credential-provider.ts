import type { CredentialLookup, CredentialProvider } from '../../contracts/credentials.ts';
import { ConnectorError } from '../../errors/sluice-error.ts';

/** The provider that option `credentials` names. @throws ConnectorError CONNECTOR_OPTION_VALUE where there is none */
export function credentialProvider(name: string, credentials: CredentialLookup | undefined): CredentialProvider {
  const provider = credentials?.(name);
  if (provider !== undefined) return provider;
  throw new ConnectorError(
    'CONNECTOR_OPTION_VALUE',
    `option "credentials" of connector "sls" names provider "${name}", which the program did not give`,
    {
      hint: `Open the engine with Engine.open({ credentials: { "${name}": provider } }); on the command line use accessId and accessKey, or ramRole.`,
    },
  );
}
