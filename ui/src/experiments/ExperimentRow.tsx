import { Link } from '@tanstack/react-router'
import { useRights } from '../access/useRights'
import { type ActionName, type Experiment } from '../api/types'
import { ago, instant } from '../shell/format'
import { Icon } from '../shell/Icon'
import { MenuItem } from '../shell/MenuItem'
import { Popover } from '../shell/Popover'
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
          <Popover
            className="btn ghost icon small"
            title={`${t('edit')}: ${experiment.name}`}
            label={<Icon name="more" size={14} />}
          >
            {(close) => (
              <ExperimentMenu
                id={experiment.experiment_id}
                close={close}
                items={
                  deleted
                    ? [[t('restore'), 'delete', onRestore]]
                    : [
                        [t('rename'), 'update', onRename],
                        [t('delete'), 'delete', onDelete],
                      ]
                }
              />
            )}
          </Popover>
        )}
      </td>
    </tr>
  )
}

/** The entries of the menu of an experiment. What the user may do is asked for when the menu is opened. */
function ExperimentMenu({
  id,
  items,
  close,
}: {
  id: string
  items: [text: string, action: ActionName, run: () => void][]
  close: () => void
}) {
  const whyNot = useRights(`experiment/${id}`)
  return items.map(([text, action, run]) => (
    <MenuItem key={text} close={close} onClick={run} whyNot={whyNot(action)}>
      {text}
    </MenuItem>
  ))
}
