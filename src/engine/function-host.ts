import type { UserFunctionHost } from '../functions/user/user-declaration.ts';
import type { Session } from '../planner/session.ts';
import { typeOfText } from './registration.ts';

interface HostParts {
  readonly session: Session;
  readonly variables: Readonly<Record<string, string>> | undefined;
  readonly warn: (line: string) => void;
}

/** What user functions get of the engine: its types, its zone, settings and variables by name, its warnings. */
export function functionHost({ session, variables, warn }: HostParts): UserFunctionHost {
  const parameter = (name: string): string | undefined => {
    const set = session.list().find((one) => one.key.toLowerCase() === name.toLowerCase());
    return set?.value ?? variables?.[name] ?? process.env[name];
  };
  return {
    typeOf: (text) => typeOfText(text, 'a function'),
    context: () => {
      const { timeZone, compatibility } = session.functionContext();
      return { timeZone, compatibility, parameter };
    },
    warn,
  };
}
