import { Link } from '@tanstack/react-router'
import { type RunRow } from '../api/types'

/** The name of a run, as a link to its page. */
export function RunNameLink({ run, className }: { run: RunRow; className?: string }) {
  return (
    <Link
      className={className}
      to="/experiments/$experimentId/runs/$runId"
      params={{ experimentId: run.experiment_id, runId: run.run_id }}
      title={run.run_name}
    >
      {run.run_name}
    </Link>
  )
}
