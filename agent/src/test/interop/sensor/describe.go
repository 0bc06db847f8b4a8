package sensor

import (
	"context"
	"fmt"
	"slices"

	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/descriptorpb"

	pb "forebay/interop/collectorpb"
)

// Describe asks as standard tools do: the services and their methods by server reflection, and the standard health
// service. It returns the names of the services.
func (c *Client) Describe(ctx context.Context) ([]string, error) {
	for _, service := range []string{"", pb.Collector_ServiceDesc.ServiceName} {
		answer, err := healthpb.NewHealthClient(c.conn).Check(ctx, &healthpb.HealthCheckRequest{Service: service})
		if err != nil {
			return nil, fmt.Errorf("grpc.health.v1 for %q: %w", service, err)
		}
		if answer.Status != healthpb.HealthCheckResponse_SERVING {
			return nil, fmt.Errorf("grpc.health.v1 for %q says %s", service, answer.Status)
		}
	}
	stream, err := reflectionpb.NewServerReflectionClient(c.conn).ServerReflectionInfo(ctx)
	if err != nil {
		return nil, fmt.Errorf("server reflection: %w", err)
	}
	services, err := services(stream)
	if err != nil {
		return nil, fmt.Errorf("server reflection: %w", err)
	}
	methods, err := methods(stream, pb.Collector_ServiceDesc.ServiceName)
	if err != nil {
		return nil, fmt.Errorf("server reflection: %w", err)
	}
	if want := []string{"StreamEvents", "HealthCheck"}; !slices.Equal(methods, want) {
		return nil, fmt.Errorf("server reflection: the methods are %v, not %v", methods, want)
	}
	return services, stream.CloseSend()
}

func services(stream reflectionpb.ServerReflection_ServerReflectionInfoClient) ([]string, error) {
	answer, err := ask(stream, &reflectionpb.ServerReflectionRequest{
		MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{ListServices: "*"}})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, service := range answer.GetListServicesResponse().GetService() {
		names = append(names, service.Name)
	}
	slices.Sort(names)
	return names, nil
}

func methods(stream reflectionpb.ServerReflection_ServerReflectionInfoClient, service string) ([]string, error) {
	answer, err := ask(stream, &reflectionpb.ServerReflectionRequest{
		MessageRequest: &reflectionpb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: service}})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, encoded := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
		file := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(encoded, file); err != nil {
			return nil, err
		}
		for _, each := range file.GetService() {
			if file.GetPackage()+"."+each.GetName() == service {
				for _, method := range each.GetMethod() {
					names = append(names, method.GetName())
				}
			}
		}
	}
	return names, nil
}

func ask(stream reflectionpb.ServerReflection_ServerReflectionInfoClient,
	request *reflectionpb.ServerReflectionRequest) (*reflectionpb.ServerReflectionResponse, error) {
	if err := stream.Send(request); err != nil {
		return nil, err
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	if failure := answer.GetErrorResponse(); failure != nil {
		return nil, fmt.Errorf("error %d: %s", failure.ErrorCode, failure.ErrorMessage)
	}
	return answer, nil
}
