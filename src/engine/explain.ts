import { explainJson, explainMermaid, explainText } from '../planner/explain.ts';
import type { PlanStages } from '../planner/plan-job.ts';
import type { ExplainFormat, ExplainStage } from './api.ts';

export function explainPlan(stages: PlanStages, stage: Exclude<ExplainStage, 'ast'>, format: ExplainFormat): string {
  switch (format) {
    case 'json':
      return JSON.stringify(explainJson(stages, stage), null, 2);
    case 'mermaid':
      return explainMermaid(stages, stage);
    case 'text':
      return explainText(stages, stage);
  }
}
