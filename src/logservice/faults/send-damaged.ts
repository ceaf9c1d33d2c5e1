import type { ServerResponse } from 'node:http';
import type { CallFaults } from './fault-injector.ts';

export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** Sends an answer whose bytes are wrong in the way the plan asks for; its head stays right. */
export function sendDamaged(outgoing: ServerResponse, answer: WholeAnswer, faults: CallFaults): void {
  const fault = faults.answerFault;
  const body = answer.body ?? new Uint8Array(0);
  if (fault?.kind === 'corrupt') {
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(faults.damage(body, fault.bytes));
    return;
  }
  const whole = wholeBytes(answer, body);
  const { socket } = outgoing;
  if (socket === null) return;
  if (fault?.kind === 'duplicate') {
    outgoing.once('finish', () => {
      if (socket.writable) socket.write(whole);
    });
    outgoing.writeHead(answer.status, answer.headers);
    outgoing.end(body);
    return;
  }
  // An answer without a body ends in its head.
  const keep = fault?.keep ?? 0;
  const cut =
    body.length === 0 ? Math.floor(whole.length * keep) : whole.length - body.length + Math.floor(body.length * keep);
  socket.end(whole.subarray(0, cut), () => socket.destroy());
}

function wholeBytes({ status, headers }: WholeAnswer, body: Uint8Array): Buffer {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status} OK\r\n${lines.join('\r\n')}\r\n\r\n`), body]);
}
