import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { send } from '../api/client'
import type { Experiment } from '../api/types'
import { Dialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'

export function NameDialog({
  title,
  experiment,
  close,
  changed,
}: {
  title: string
  experiment?: Experiment
  close: () => void
  changed: () => void
}) {
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  const [name, setName] = useState(experiment?.name ?? '')
  const submit = async () => {
    if (experiment) {
      if (
        await act(() => send('mlflow/experiments/update', { experiment_id: experiment.experiment_id, new_name: name }))
      )
        close()
    } else {
      await act(async () => {
        const made = await send<{ experiment_id: string }>('mlflow/experiments/create', { name })
        close()
        await navigate({ to: '/experiments/$experimentId', params: { experimentId: made.experiment_id } })
      })
    }
    changed()
  }
  return (
    <Dialog title={title} close={close}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <label className="field">
          {t('name')}
          <input
            className="input"
            value={name}
            onChange={(event) => setName(event.target.value)}
            required
            maxLength={500}
          />
        </label>
        <div className="actions">
          <button type="button" className="btn" onClick={close}>
            {t('cancel')}
          </button>
          <button className="btn primary" disabled={!name.trim()}>
            {t('save')}
          </button>
        </div>
      </form>
    </Dialog>
  )
}
