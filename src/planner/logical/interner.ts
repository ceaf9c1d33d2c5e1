import { NodeKeys } from './node-key.ts';
import type { LogicalNode, LogicalRoot } from './plan.ts';
import { inputsOf, withInputs } from './tree.ts';

/** Makes equal sub-plans one object, within one plan and between plans. */
export class Interner {
  readonly #keys = new NodeKeys();
  /** By the context that the plan was bound in, then by key. */
  readonly #known = new Map<string, LogicalNode>();
  readonly #ids = new Map<LogicalNode, number>();
  readonly #done = new Map<string, Map<LogicalNode, LogicalNode>>();

  /**
   * The plan with what is equal to something seen before replaced by that. The root itself stays: two INSERTs write
   * twice.
   * @param context the settings that functions of this plan depend on; plans of different ones have nothing equal
   */
  root<R extends LogicalRoot>(root: R, context: string): R {
    return withInputs(root, [this.node(root.input, context)]);
  }

  node(node: LogicalNode, context: string): LogicalNode {
    const done = this.#done.get(context) ?? new Map<LogicalNode, LogicalNode>();
    this.#done.set(context, done);
    return this.#intern(node, context, done);
  }

  #intern(node: LogicalNode, context: string, done: Map<LogicalNode, LogicalNode>): LogicalNode {
    const before = done.get(node);
    if (before !== undefined) return before;
    const inputs = inputsOf(node).map((one) => this.#intern(one, context, done));
    const own = withInputs(node, inputs);
    const key = this.#keys.of(
      own,
      inputs.map((one) => this.#id(one)),
    );
    const place = `${context} ${key ?? ''}`;
    const known = key === undefined ? undefined : this.#known.get(place);
    const result = known ?? own;
    if (key !== undefined && known === undefined) this.#known.set(place, own);
    done.set(node, result);
    return result;
  }

  #id(node: LogicalNode): number {
    let id = this.#ids.get(node);
    if (id === undefined) this.#ids.set(node, (id = this.#ids.size));
    return id;
  }
}
