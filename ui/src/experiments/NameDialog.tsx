import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { createExperiment, renameExperiment } from '../api/experiments'
import { type Experiment } from '../api/types'
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
      if (await act(() => renameExperiment(experiment.experiment_id, name))) close()
    } else {
      await act(async () => {
        const experimentId = await createExperiment(name)
        close()
        await navigate({ to: '/experiments/$experimentId', params: { experimentId } })
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
