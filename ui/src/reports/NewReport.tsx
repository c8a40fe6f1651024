import { useNavigate } from '@tanstack/react-router'
import { createReport } from '../api/reports'
import { useT } from '../shell/settings'
import { TextDialog } from '../shell/TextDialog'
import { useAction } from '../shell/toasts'

export function NewReport({ close }: { close: () => void }) {
  const t = useT()
  const act = useAction()
  const navigate = useNavigate()
  return (
    <TextDialog
      title={t('newReport')}
      label={t('title')}
      action={t('create')}
      maxLength={250}
      close={close}
      save={(title) =>
        act(async () => {
          const report = await createReport(title, '')
          await navigate({ to: '/reports/$reportId', params: { reportId: report.report_id }, search: { edit: true } })
        })
      }
    />
  )
}
