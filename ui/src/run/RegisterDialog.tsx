import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { createVersion, ensureModel, loggedModel } from '../api/models'
import { type Run } from '../api/types'
import { FormDialog } from '../shell/Dialog'
import { useT } from '../shell/settings'
import { useAction } from '../shell/toasts'

export function RegisterDialog({ run, close }: { run: Run; close: () => void }) {
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  const made = run.outputs?.model_outputs ?? []
  const [name, setName] = useState('')
  const [path, setPath] = useState('model')
  const [modelId, setModelId] = useState(made[0]?.model_id ?? '')
  const chosen = useQuery({ ...loggedModel(modelId), enabled: modelId !== '' })
  const submit = () =>
    act(async () => {
      await ensureModel(name)
      const source = modelId && chosen.data ? chosen.data.info.artifact_uri : `${run.info.artifact_uri}/${path}`
      const version = await createVersion({
        name,
        source,
        run_id: run.info.run_id,
        model_id: modelId || undefined,
      })
      close()
      await navigate({ to: '/models/$name/versions/$version', params: { name, version } })
    })
  return (
    <FormDialog title={t('registerModel')} action={t('registerModel')} close={close} submit={() => void submit()}>
      <label className="field">
        {t('name')}
        <input
          className="input"
          value={name}
          required
          placeholder="iris-classifier"
          onChange={(event) => setName(event.target.value)}
        />
      </label>
      {made.length > 0 ? (
        <label className="field">
          {t('loggedModel')}
          <select className="input" value={modelId} onChange={(event) => setModelId(event.target.value)}>
            {made.map((m) => (
              <option key={m.model_id}>{m.model_id}</option>
            ))}
          </select>
        </label>
      ) : (
        <label className="field">
          {t('artifacts')}
          <input className="input mono" value={path} required onChange={(event) => setPath(event.target.value)} />
        </label>
      )}
    </FormDialog>
  )
}
