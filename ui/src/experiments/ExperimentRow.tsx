import { Link } from '@tanstack/react-router'
import { type Experiment } from '../api/types'
import { ago, instant } from '../shell/format'
import { RowMenu } from '../shell/RowMenu'
import { useT } from '../shell/settings'

/** A line of the list of experiments. */
export function ExperimentRow({
  experiment,
  deleted,
  onRename,
  onDelete,
  onRestore,
}: {
  experiment: Experiment
  deleted: boolean
  onRename: () => void
  onDelete: () => void
  onRestore: () => void
}) {
  const t = useT()
  return (
    <tr>
      <td className="break" style={{ fontWeight: 550, maxWidth: 460 }}>
        <Link to="/experiments/$experimentId" params={{ experimentId: experiment.experiment_id }}>
          {experiment.name}
        </Link>
      </td>
      <td>
        <div className="row wrap" style={{ gap: 4 }}>
          {(experiment.tags ?? [])
            .filter((tag) => !tag.key.startsWith('mlflow.'))
            .slice(0, 4)
            .map((tag) => (
              <span key={tag.key} className="chip" title={`${tag.key}: ${tag.value}`}>
                <span className="ellipsis" style={{ maxWidth: 160 }}>
                  {tag.key}: {tag.value}
                </span>
              </span>
            ))}
        </div>
      </td>
      <td className="soft nowrap" title={instant(experiment.last_update_time)}>
        {ago(experiment.last_update_time, t)}
      </td>
      <td className="soft nowrap" title={instant(experiment.creation_time)}>
        {ago(experiment.creation_time, t)}
      </td>
      <td className="num faint">{experiment.experiment_id}</td>
      <td style={{ width: 36, padding: '3px 6px' }}>
        {experiment.experiment_id !== '0' && (
          <RowMenu
            title={`${t('edit')}: ${experiment.name}`}
            items={
              deleted
                ? [[t('restore'), onRestore]]
                : [
                    [t('rename'), onRename],
                    [t('delete'), onDelete],
                  ]
            }
          />
        )}
      </td>
    </tr>
  )
}
