import type { UserDeclaration, UserFunctionHost } from './user-declaration.ts';
import { FailurePolicy } from './user-errors.ts';
import type { UserSignature } from './user-signature.ts';

/** What every kind of user function is made from. */
export interface UserParts {
  readonly declaration: UserDeclaration;
  readonly signature: UserSignature;
  readonly host: UserFunctionHost;
  /** Runs `open` before the first call. */
  readonly opened: () => void;
}

/** What a user function says of itself, whatever its kind. */
export function docsOf({ declaration, signature }: UserParts): {
  readonly name: string;
  readonly category: 'user';
  readonly syntax: readonly string[];
  readonly doc: string;
  readonly examples: readonly [];
} {
  const { name, record, origin } = declaration;
  const doc = record.doc ?? `User function of ${origin}.`;
  return { name, category: 'user', syntax: signature.syntax, doc, examples: [] };
}

export function policyOf({ declaration, host }: UserParts): FailurePolicy {
  return new FailurePolicy({ ...declaration, warn: host.warn });
}
