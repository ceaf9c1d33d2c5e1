import type { ConnectorModule, Sink } from '../../contracts/connector.ts';

export const sink: NonNullable<ConnectorModule['sink']> = (): Sink => ({
  copies: true,
  open: () => Promise.resolve(),
  write: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
});
