export {
  connectionOf,
  type Endpoint,
  type EnvironmentDescriptor,
  environmentDescriptorSchema,
  type ServiceDescriptor,
} from "./descriptor.ts";
