/** The appliance as a service: what the service manager that started it hears of it. */
export { SupervisionModule } from './supervision.module';
export { SupervisionService } from './supervision.service';
