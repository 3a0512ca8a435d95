import { runTask } from './tasks';

export default runTask;
