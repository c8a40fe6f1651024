import { createContext, useCallback, useContext, useState, type ReactNode } from 'react'

type Say = (text: string, bad?: boolean) => void
const Toasts = createContext<Say>(() => undefined)
export const useToast = () => useContext(Toasts)
export function ToastProvider({ children }: { children: ReactNode }) {
  const [all, setAll] = useState<{ id: number; text: string; bad: boolean }[]>([])
  const say = useCallback<Say>((text, bad = false) => {
    const id = Math.random()
    setAll((before) => [...before, { id, text, bad }])
    setTimeout(() => setAll((before) => before.filter((toast) => toast.id !== id)), bad ? 9000 : 3500)
  }, [])
  return (
    <Toasts.Provider value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {all.map((toast) => (
          <div key={toast.id} className={toast.bad ? 'toast bad' : 'toast'}>
            {toast.text}
          </div>
        ))}
      </div>
    </Toasts.Provider>
  )
}

/** Runs something that changes the store and tells when it fails. */
export function useAction() {
  const say = useToast()
  return useCallback(
    async (work: () => Promise<unknown>, done?: string) => {
      try {
        await work()
        if (done) say(done)
        return true
      } catch (error) {
        say(error instanceof Error ? error.message : String(error), true)
        return false
      }
    },
    [say],
  )
}
