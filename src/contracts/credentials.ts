/** Keys of a service account. */
export interface AccessCredentials {
  readonly accessId: string;
  readonly accessKey: string;
  /** Of temporary keys. */
  readonly securityToken?: string | undefined;
  /** When temporary keys end, epoch ms; absent: they hold until the service refuses them. */
  readonly expiresAtMs?: number | undefined;
}

/** Hands out the keys that are valid now. Asked again shortly before they expire and when they were refused. */
export type CredentialProvider = () => Promise<AccessCredentials> | AccessCredentials;

/** The provider of a name, of those the program gave the engine. */
export type CredentialLookup = (name: string) => CredentialProvider | undefined;
