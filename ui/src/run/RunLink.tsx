import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { run as runQuery } from '../api/runs'

/** A link to a run, with its name; the beginning of the id while it is not loaded. */
export function RunLink({ id }: { id: string }) {
  const found = useQuery({ ...runQuery(id), staleTime: 60_000, retry: false })
  if (!found.data) return <span className="mono faint">{id.slice(0, 8)}</span>
  return (
    <Link
      to="/experiments/$experimentId/runs/$runId"
      params={{ experimentId: found.data.info.experiment_id, runId: id }}
    >
      {found.data.info.run_name}
    </Link>
  )
}
