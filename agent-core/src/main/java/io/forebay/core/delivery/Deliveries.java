package io.forebay.core.delivery;

/** Makes deliveries. */
public final class Deliveries {

  private Deliveries() {}

  /** A delivery to one destination. Opens and starts nothing before {@link Delivery#start}. */
  public static Delivery create(DeliveryOptions options) {
    return new DestinationDelivery(options);
  }
}
