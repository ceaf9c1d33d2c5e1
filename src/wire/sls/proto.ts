import type { Type } from 'protobufjs';

/** The messages of the service as protobufjs types: the oracle of our decoder, and what cold paths may use. */
export interface SlsMessages {
  readonly LogGroup: Type;
  readonly LogGroupList: Type;
}

const definition = {
  nested: {
    Content: {
      fields: { Key: { rule: 'required', type: 'string', id: 1 }, Value: { rule: 'required', type: 'string', id: 2 } },
    },
    Log: {
      fields: {
        Time: { rule: 'required', type: 'uint32', id: 1 },
        Contents: { rule: 'repeated', type: 'Content', id: 2 },
        Time_ns: { type: 'fixed32', id: 4 },
      },
    },
    LogTag: {
      fields: { Key: { rule: 'required', type: 'string', id: 1 }, Value: { rule: 'required', type: 'string', id: 2 } },
    },
    LogGroup: {
      fields: {
        Logs: { rule: 'repeated', type: 'Log', id: 1 },
        Reserved: { type: 'string', id: 2 },
        Topic: { type: 'string', id: 3 },
        Source: { type: 'string', id: 4 },
        MachineUUID: { type: 'string', id: 5 },
        LogTags: { rule: 'repeated', type: 'LogTag', id: 6 },
      },
    },
    LogGroupList: { fields: { logGroupList: { rule: 'repeated', type: 'LogGroup', id: 1 } } },
  },
};

let loaded: Promise<SlsMessages> | undefined;

export function loadSlsMessages(): Promise<SlsMessages> {
  loaded ??= import('protobufjs/light.js').then((module) => {
    // protobufjs is CommonJS: all of it is on `default`.
    const library = module.default;
    const root = library.Root.fromJSON(definition);
    return { LogGroup: root.lookupType('LogGroup'), LogGroupList: root.lookupType('LogGroupList') };
  });
  return loaded;
}
