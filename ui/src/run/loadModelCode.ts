import { serverAddress } from '../experiments/GettingStarted'

/** Returns Python code that loads a model of this server. */
export const loadModelCode = (uri: string) =>
  `import mlflow\n\nmlflow.set_tracking_uri("${serverAddress()}")\nmodel = mlflow.pyfunc.load_model("${uri}")\nmodel.predict(data)`
