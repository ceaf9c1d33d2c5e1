import { drawLogical } from './explain/draw-logical.ts';
import { drawPhysical } from './explain/draw-physical.ts';
import { pictureJson, pictureMermaid, pictureText, type Picture, type PictureJson } from './explain/picture.ts';
import type { PlanStages } from './plan-job.ts';

export type PlanStage = 'logical' | 'optimized' | 'physical';

/** One operator a line, inputs indented below; several INSERTs one after the other; warnings last. */
export function explainText(stages: PlanStages, stage: PlanStage): string {
  const seen = new Set<object>();
  const plans = picturesOf(stages, stage).map((one) => pictureText(one, seen));
  const warnings = stage === 'physical' ? stages.physical.warnings.map((line) => `warning: ${line}\n`) : [];
  return [...plans, ...warnings].join('');
}

export function explainJson(stages: PlanStages, stage: PlanStage): readonly PictureJson[] {
  return picturesOf(stages, stage).map(pictureJson);
}

export function explainMermaid(stages: PlanStages, stage: PlanStage): string {
  return pictureMermaid(picturesOf(stages, stage));
}

function picturesOf(stages: PlanStages, stage: PlanStage): readonly Picture[] {
  return stage === 'physical' ? stages.physical.roots.map(drawPhysical) : stages[stage].map(drawLogical);
}
