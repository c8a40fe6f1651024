import { useNavigate } from '@tanstack/react-router'
import { createExperiment, renameExperiment } from '../api/experiments'
import { type Experiment } from '../api/types'
import { useT } from '../shell/settings'
import { TextDialog } from '../shell/TextDialog'
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
  const submit = async (name: string) => {
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
    <TextDialog
      title={title}
      label={t('name')}
      initial={experiment?.name}
      maxLength={500}
      close={close}
      save={submit}
    />
  )
}
