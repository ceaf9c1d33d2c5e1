import { drawLogical } from './explain/draw-logical.ts';
import { drawPhysical } from './explain/draw-physical.ts';
import { pictureMermaid, picturesJson, picturesText, type Picture, type PictureJson } from './explain/picture.ts';
import type { Changelog, PhysicalNode } from './physical/plan.ts';
import type { PlanStages } from './plan-job.ts';

export type PlanStage = 'logical' | 'optimized' | 'physical';

/** What is shown besides the plan. */
export interface Shown {
  /** The kinds of rows on every edge of the physical plan. */
  readonly changes?: boolean;
}

/** One operator a line, inputs indented below; several INSERTs one after the other; warnings last. */
export function explainText(stages: PlanStages, stage: PlanStage, shown: Shown = {}): string {
  const plans = picturesText(picturesOf(stages, stage, shown));
  const warnings = stage === 'physical' ? stages.physical.warnings.map((line) => `warning: ${line}\n`) : [];
  return [plans, ...warnings].join('');
}

export function explainJson(stages: PlanStages, stage: PlanStage, shown: Shown = {}): readonly PictureJson[] {
  return picturesJson(picturesOf(stages, stage, shown));
}

export function explainMermaid(stages: PlanStages, stage: PlanStage, shown: Shown = {}): string {
  return pictureMermaid(picturesOf(stages, stage, shown));
}

function picturesOf(stages: PlanStages, stage: PlanStage, shown: Shown): readonly Picture[] {
  if (stage !== 'physical') return stages[stage].map(drawLogical);
  const pictures = stages.physical.roots.map(drawPhysical);
  return shown.changes === true ? pictures.map(withChanges) : pictures;
}

const kinds: Readonly<Record<Changelog, string>> = {
  'insert-only': '+I',
  retract: '+I -U +U -D',
  upsert: '+I +U -D',
};

/** Every operator with the kinds of the rows it gives. */
function withChanges(picture: Picture): Picture {
  const node = picture.key as PhysicalNode;
  const isRoot = node.kind === 'sink' || node.kind === 'collect';
  return {
    ...picture,
    attributes: [...picture.attributes, ...(isRoot ? [] : [['changes', kinds[node.changelog]] as const])],
    inputs: picture.inputs.map(withChanges),
  };
}
